-- Миграция 004: журнал интеграций
-- Пишем каждый вызов внешних сервисов: что отправили, что ответили, сколько раз повторяли.

create table public.integration_logs (
  id uuid not null default gen_random_uuid() primary key,
  service_name text not null,
  action text not null,
  status text not null,
  related_entity_type text,
  related_entity_id uuid,
  request_payload jsonb,
  response_payload jsonb,
  error_message text,
  error_code text,
  duration_ms integer,
  retry_count integer default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint integration_logs_status_check check (status in ('success', 'failed', 'pending', 'retrying'))
);

-- Доступ: читают вошедшие пользователи, пишут только сервисы
alter table public.integration_logs enable row level security;

revoke all on table public.integration_logs from anon, authenticated, service_role;
grant select on table public.integration_logs to authenticated;
grant select, insert, update, delete on table public.integration_logs to service_role;

create policy "authenticated can read logs" on public.integration_logs
  for select to authenticated
  using (true);

-- Индексы
create index idx_integration_logs_service_name
  on public.integration_logs (service_name);

create index idx_integration_logs_status
  on public.integration_logs (status);

create index idx_integration_logs_created_at
  on public.integration_logs (created_at desc);

create index idx_integration_logs_related_entity
  on public.integration_logs (related_entity_type, related_entity_id);

-- Только ошибки: для оповещений
create index idx_integration_logs_failed
  on public.integration_logs (service_name, created_at desc)
  where status = 'failed';

-- Для панели наблюдения
create index idx_integration_logs_dashboard
  on public.integration_logs (service_name, status, created_at desc);

-- Сводка по часам за последние сутки; читает с правами того, кто спрашивает
create view public.integration_stats_hourly
with (security_invoker = true) as
select
  service_name,
  action,
  status,
  date_trunc('hour', created_at) as hour,
  count(*) as count,
  avg(duration_ms) as avg_duration_ms,
  count(*) filter (where status = 'failed') as failures
from public.integration_logs
where created_at > now() - interval '24 hours'
group by service_name, action, status, date_trunc('hour', created_at);

revoke all on table public.integration_stats_hourly from anon, authenticated, service_role;
grant select on table public.integration_stats_hourly to authenticated, service_role;

-- Сводка по дням за последний месяц; читает с правами того, кто спрашивает
create view public.integration_stats_daily
with (security_invoker = true) as
select
  service_name,
  action,
  status,
  date_trunc('day', created_at) as day,
  count(*) as count,
  avg(duration_ms) as avg_duration_ms,
  count(*) filter (where status = 'failed') as failures
from public.integration_logs
where created_at > now() - interval '30 days'
group by service_name, action, status, date_trunc('day', created_at);

revoke all on table public.integration_stats_daily from anon, authenticated, service_role;
grant select on table public.integration_stats_daily to authenticated, service_role;

-- Очистка: успешные записи старше 90 дней, любые старше 180
create function public.cleanup_old_integration_logs()
returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from public.integration_logs
  where status = 'success'
    and created_at < now() - interval '90 days';

  delete from public.integration_logs
  where created_at < now() - interval '180 days';
end;
$$;

revoke all on function public.cleanup_old_integration_logs() from public, anon, authenticated;
grant execute on function public.cleanup_old_integration_logs() to service_role;

-- Описания
comment on table public.integration_logs is 'Журнал вызовов внешних сервисов';
comment on column public.integration_logs.id is 'Идентификатор записи';
comment on column public.integration_logs.service_name is 'Сервис: telegram, amocrm, email и другие';
comment on column public.integration_logs.action is 'Действие: send_message, create_lead, send_email и другие';
comment on column public.integration_logs.status is 'Итог вызова: success, failed, pending, retrying';
comment on column public.integration_logs.related_entity_type is 'Вид связанной записи: lead, user, order';
comment on column public.integration_logs.related_entity_id is 'Идентификатор связанной записи';
comment on column public.integration_logs.request_payload is 'Тело запроса без секретов';
comment on column public.integration_logs.response_payload is 'Тело ответа';
comment on column public.integration_logs.error_message is 'Текст ошибки, если вызов не удался';
comment on column public.integration_logs.error_code is 'Код ошибки сервиса';
comment on column public.integration_logs.duration_ms is 'Длительность вызова в миллисекундах';
comment on column public.integration_logs.retry_count is 'Число повторных попыток';
comment on column public.integration_logs.created_at is 'Когда сделан вызов';
comment on column public.integration_logs.updated_at is 'Когда запись изменена';
