-- Stands in for pgcrypto: random bytes and SHA-2 are real; hmac and crypt are digests, and nothing is encrypted.
create function gen_random_uuid() returns uuid language sql volatile parallel safe
  as $$ select pg_catalog.gen_random_uuid() $$;
create function gen_random_bytes(integer) returns bytea language sql volatile strict parallel safe as $$
  select substring(string_agg(uuid_send(pg_catalog.gen_random_uuid()), ''::bytea) from 1 for $1)
  from generate_series(0, $1 / 16)
$$;
create function digest(bytea, text) returns bytea language sql immutable strict parallel safe as $$
  select case lower($2) when 'md5' then decode(md5($1), 'hex') when 'sha224' then sha224($1) when 'sha256' then sha256($1)
    when 'sha384' then sha384($1) when 'sha512' then sha512($1) end
$$;
create function digest(text, text) returns bytea language sql immutable strict parallel safe
  return digest(convert_to($1, 'utf8'), $2);
create function hmac(bytea, bytea, text) returns bytea language sql immutable strict parallel safe
  return digest($2 || $1, $3);
create function hmac(text, text, text) returns bytea language sql immutable strict parallel safe
  return digest($2 || $1, $3);
create function gen_salt(text) returns text language sql volatile strict parallel safe
  return $1 || '$' || encode(gen_random_bytes(8), 'hex') || '$';
create function gen_salt(text, integer) returns text language sql volatile strict parallel safe
  return gen_salt($1);
create function crypt(text, text) returns text language sql immutable strict parallel safe
  return substring($2 from '^[^$]*\$[^$]*\$')
    || encode(digest(substring($2 from '^[^$]*\$[^$]*\$') || $1, 'sha256'), 'hex');
create function encrypt(bytea, bytea, text) returns bytea language sql immutable strict parallel safe
  as $$ select $1 $$;
create function decrypt(bytea, bytea, text) returns bytea language sql immutable strict parallel safe
  as $$ select $1 $$;
create function pgp_sym_encrypt(text, text) returns bytea language sql volatile strict parallel safe
  as $$ select convert_to($1, 'utf8') $$;
create function pgp_sym_decrypt(bytea, text) returns text language sql immutable strict parallel safe
  as $$ select convert_from($1, 'utf8') $$;
