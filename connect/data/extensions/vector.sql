-- Stands in for pgvector: the type with its dimension and the distance operators (always 0), no index method.
create type vector;
create function vector_in(cstring, oid, integer) returns vector language internal immutable strict as 'textin';
create function vector_out(vector) returns cstring language internal immutable strict as 'textout';
create function vector_typmod_in(cstring[]) returns integer language internal immutable strict as 'bpchartypmodin';
create function vector_typmod_out(integer) returns cstring language internal immutable strict as 'bpchartypmodout';
create type vector (input = vector_in, output = vector_out, typmod_in = vector_typmod_in,
  typmod_out = vector_typmod_out, storage = external, internallength = variable);
create function l2_distance(vector, vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function inner_product(vector, vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function cosine_distance(vector, vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create operator <-> (leftarg = vector, rightarg = vector, function = l2_distance, commutator = <->);
create operator <#> (leftarg = vector, rightarg = vector, function = inner_product, commutator = <#>);
create operator <=> (leftarg = vector, rightarg = vector, function = cosine_distance, commutator = <=>);
