-- Stands in for pgjwt: tokens have their three parts, but the signature is a digest that nobody accepts.
create function url_encode(data bytea) returns text language sql immutable as $$
  select translate(encode($1, 'base64'), E'+/=\n', '-_')
$$;
create function url_decode(data text) returns bytea language sql immutable as $$
  select decode(rpad(translate($1, '-_', '+/'), (length($1) + 3) / 4 * 4, '='), 'base64')
$$;
create function algorithm_sign(signables text, secret text, algorithm text) returns text language sql immutable as $$
  select translate(encode(sha256(convert_to($2 || $1, 'utf8')), 'base64'), E'+/=\n', '-_')
$$;
create function sign(payload json, secret text, algorithm text default 'HS256') returns text
  language sql immutable as $$
  select translate(encode(convert_to('{"alg":"' || $3 || '","typ":"JWT"}', 'utf8'), 'base64'), E'+/=\n', '-_') || '.'
    || translate(encode(convert_to($1::text, 'utf8'), 'base64'), E'+/=\n', '-_') || '.'
    || translate(encode(sha256(convert_to($2 || $1, 'utf8')), 'base64'), E'+/=\n', '-_')
$$;
create function try_cast_double(inp text) returns double precision language plpgsql immutable as $$
begin
  return inp::double precision;
exception when others then
  return null;
end $$;
create function verify(token text, secret text, algorithm text default 'HS256')
  returns table (header json, payload json, valid boolean) language sql immutable as $$
  select '{}'::json, '{}'::json, false
$$;
