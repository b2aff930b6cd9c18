-- Stands in for PGroonga: the index method is BRIN by another name, and its operators compare with LIKE.
create access method pgroonga type index handler brinhandler;
create function pgroonga_match_term(text, text) returns boolean language sql immutable strict
  as $$ select $1 like '%' || $2 || '%' $$;
create function pgroonga_score(tableoid oid, ctid tid) returns double precision language sql stable strict
  as $$ select 0::double precision $$;
create operator &@ (leftarg = text, rightarg = text, function = pgroonga_match_term);
create operator &@~ (leftarg = text, rightarg = text, function = pgroonga_match_term);
create operator class pgroonga_text_full_text_search_ops_v2 default for type text using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 hashtext(text);
create operator class pgroonga_text_full_text_search_ops for type text using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 hashtext(text);
create operator class pgroonga_text_term_search_ops_v2 for type text using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 hashtext(text);
create operator class pgroonga_varchar_full_text_search_ops_v2 for type text using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 hashtext(text);
create operator class pgroonga_varchar_term_search_ops_v2 for type text using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 hashtext(text);
create operator class pgroonga_text_array_term_search_ops_v2 default for type text[] using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 hash_array(anyarray);
create operator class pgroonga_jsonb_full_text_search_ops_v2 for type jsonb using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 jsonb_hash(jsonb);
create operator class pgroonga_jsonb_ops_v2 default for type jsonb using pgroonga as
  function 1 brin_bloom_opcinfo(internal), function 2 brin_bloom_add_value(internal, internal, internal, internal),
  function 3 brin_bloom_consistent(internal, internal, internal, integer),
  function 4 brin_bloom_union(internal, internal, internal), function 5 brin_bloom_options(internal),
  function 11 jsonb_hash(jsonb);
