-- Stands in for pg_graphql: its function answers every query with no data.
create function graphql.resolve(query text, variables jsonb default '{}', "operationName" text default null,
    extensions jsonb default null) returns jsonb language sql as $$ select '{"data": null}'::jsonb $$;
create function graphql._internal_resolve(query text, variables jsonb default '{}', "operationName" text default null,
    extensions jsonb default null) returns jsonb language sql as $$ select '{"data": null}'::jsonb $$;
create function graphql.comment_directive(comment_ text) returns jsonb language sql immutable as $$
  select '{}'::jsonb
$$;
create sequence graphql.seq_schema_version as integer cycle;
create function graphql.get_schema_version() returns integer language sql security definer as $$
  select last_value::integer from graphql.seq_schema_version
$$;
create function graphql.increment_schema_version() returns event_trigger language plpgsql security definer as $$
begin
  perform nextval('graphql.seq_schema_version');
end $$;
