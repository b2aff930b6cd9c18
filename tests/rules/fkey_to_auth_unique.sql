create table public.profile (id uuid primary key references auth.users (id) on delete cascade, phone text);
create table public.account (id uuid primary key references auth.users);
-- finds: nothing

alter table public.profile add constraint profile_phone foreign key (phone) references auth.users (phone);
-- finds: profile_phone on public.profile

alter table public.profile drop constraint profile_phone;
-- finds: nothing
