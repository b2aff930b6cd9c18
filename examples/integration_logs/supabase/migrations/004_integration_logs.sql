-- Миграция 004: журнал интеграций
-- Пишем каждый вызов внешних сервисов: что отправили, что ответили, сколько раз повторяли.

CREATE TABLE IF NOT EXISTS integration_logs (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  service_name TEXT NOT NULL,
  action TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('success', 'failed', 'pending', 'retrying')),
  related_entity_type TEXT,
  related_entity_id UUID,
  request_payload JSONB,
  response_payload JSONB,
  error_message TEXT,
  error_code TEXT,
  duration_ms INTEGER,
  retry_count INTEGER DEFAULT 0,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW()
);

-- Индексы
CREATE INDEX IF NOT EXISTS idx_integration_logs_service_name
  ON integration_logs (service_name);

CREATE INDEX IF NOT EXISTS idx_integration_logs_status
  ON integration_logs (status);

CREATE INDEX IF NOT EXISTS idx_integration_logs_created_at
  ON integration_logs (created_at DESC);

CREATE INDEX IF NOT EXISTS idx_integration_logs_related_entity
  ON integration_logs (related_entity_type, related_entity_id);

-- Только ошибки: для оповещений
CREATE INDEX IF NOT EXISTS idx_integration_logs_failed
  ON integration_logs (service_name, created_at DESC)
  WHERE status = 'failed';

-- Для панели наблюдения
CREATE INDEX IF NOT EXISTS idx_integration_logs_dashboard
  ON integration_logs (service_name, status, created_at DESC);

-- Сводка по часам за последние сутки
CREATE OR REPLACE VIEW integration_stats_hourly AS
SELECT
  service_name,
  action,
  status,
  DATE_TRUNC('hour', created_at) AS hour,
  COUNT(*) AS count,
  AVG(duration_ms) AS avg_duration_ms,
  COUNT(*) FILTER (WHERE status = 'failed') AS failures
FROM integration_logs
WHERE created_at > NOW() - INTERVAL '24 hours'
GROUP BY service_name, action, status, DATE_TRUNC('hour', created_at);

-- Сводка по дням за последний месяц
CREATE OR REPLACE VIEW integration_stats_daily AS
SELECT
  service_name,
  action,
  status,
  DATE_TRUNC('day', created_at) AS day,
  COUNT(*) AS count,
  AVG(duration_ms) AS avg_duration_ms,
  COUNT(*) FILTER (WHERE status = 'failed') AS failures
FROM integration_logs
WHERE created_at > NOW() - INTERVAL '30 days'
GROUP BY service_name, action, status, DATE_TRUNC('day', created_at);

-- Доступ
ALTER TABLE integration_logs ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Service role full access to integration_logs"
  ON integration_logs
  FOR ALL
  USING (auth.role() = 'service_role');

CREATE POLICY "Authenticated users can view integration_logs"
  ON integration_logs
  FOR SELECT
  USING (auth.role() = 'authenticated');

-- Очистка: успешные записи старше 90 дней, любые старше 180
CREATE OR REPLACE FUNCTION cleanup_old_integration_logs()
RETURNS void AS $$
BEGIN
  DELETE FROM integration_logs
  WHERE status = 'success'
    AND created_at < NOW() - INTERVAL '90 days';

  DELETE FROM integration_logs
  WHERE created_at < NOW() - INTERVAL '180 days';
END;
$$ LANGUAGE plpgsql;

-- Описания
COMMENT ON TABLE integration_logs IS 'Журнал вызовов внешних сервисов';
COMMENT ON COLUMN integration_logs.id IS 'Идентификатор записи';
COMMENT ON COLUMN integration_logs.service_name IS 'Сервис: telegram, amocrm, email и другие';
COMMENT ON COLUMN integration_logs.action IS 'Действие: send_message, create_lead, send_email и другие';
COMMENT ON COLUMN integration_logs.status IS 'Итог вызова: success, failed, pending, retrying';
COMMENT ON COLUMN integration_logs.related_entity_type IS 'Вид связанной записи: lead, user, order';
COMMENT ON COLUMN integration_logs.related_entity_id IS 'Идентификатор связанной записи';
COMMENT ON COLUMN integration_logs.request_payload IS 'Тело запроса без секретов';
COMMENT ON COLUMN integration_logs.response_payload IS 'Тело ответа';
COMMENT ON COLUMN integration_logs.error_message IS 'Текст ошибки, если вызов не удался';
COMMENT ON COLUMN integration_logs.error_code IS 'Код ошибки сервиса';
COMMENT ON COLUMN integration_logs.duration_ms IS 'Длительность вызова в миллисекундах';
COMMENT ON COLUMN integration_logs.retry_count IS 'Число повторных попыток';
COMMENT ON COLUMN integration_logs.created_at IS 'Когда сделан вызов';
COMMENT ON COLUMN integration_logs.updated_at IS 'Когда запись изменена';
