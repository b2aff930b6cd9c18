create table public.job (id int primary key, run regproc, target regclass, runs regproc[]);
-- finds: public.job.run

create view public.jobs with (security_invoker = on) as select id, run from public.job;
-- finds: public.job.run, public.jobs

drop view public.jobs;
create type public.step as (place int, run regprocedure);
-- finds: public.job.run, public.step

drop type public.step;
alter table public.job alter column run type text;
-- finds: nothing
