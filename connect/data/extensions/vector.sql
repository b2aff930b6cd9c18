-- Stands in for pgvector: the types with their dimension and the distance operators (always 0); its index methods are
-- hash by other names, which take no options.
create type vector;
create function vector_in(cstring, oid, integer) returns vector language internal immutable strict as 'textin';
create function vector_out(vector) returns cstring language internal immutable strict as 'textout';
create function vector_typmod_in(cstring[]) returns integer language internal immutable strict as 'bpchartypmodin';
create function vector_typmod_out(integer) returns cstring language internal immutable strict as 'bpchartypmodout';
create type vector (input = vector_in, output = vector_out, typmod_in = vector_typmod_in,
  typmod_out = vector_typmod_out, storage = external, internallength = variable);
create type halfvec;
create function halfvec_in(cstring, oid, integer) returns halfvec language internal immutable strict as 'textin';
create function halfvec_out(halfvec) returns cstring language internal immutable strict as 'textout';
create function halfvec_typmod_in(cstring[]) returns integer language internal immutable strict as 'bpchartypmodin';
create function halfvec_typmod_out(integer) returns cstring language internal immutable strict as 'bpchartypmodout';
create type halfvec (input = halfvec_in, output = halfvec_out, typmod_in = halfvec_typmod_in,
  typmod_out = halfvec_typmod_out, storage = external, internallength = variable);
create type sparsevec;
create function sparsevec_in(cstring, oid, integer) returns sparsevec language internal immutable strict as 'textin';
create function sparsevec_out(sparsevec) returns cstring language internal immutable strict as 'textout';
create function sparsevec_typmod_in(cstring[]) returns integer language internal immutable strict as 'bpchartypmodin';
create function sparsevec_typmod_out(integer) returns cstring language internal immutable strict as 'bpchartypmodout';
create type sparsevec (input = sparsevec_in, output = sparsevec_out, typmod_in = sparsevec_typmod_in,
  typmod_out = sparsevec_typmod_out, storage = external, internallength = variable);
create access method hnsw type index handler hashhandler;
create access method ivfflat type index handler hashhandler;
create function l2_distance(vector, vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function inner_product(vector, vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function cosine_distance(vector, vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function l1_distance(vector, vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create operator <-> (leftarg = vector, rightarg = vector, function = l2_distance, commutator = <->);
create operator <#> (leftarg = vector, rightarg = vector, function = inner_product, commutator = <#>);
create operator <=> (leftarg = vector, rightarg = vector, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = vector, rightarg = vector, function = l1_distance, commutator = <+>);
create function vector_lt(vector, vector) returns boolean language internal immutable strict as 'bytealt';
create function vector_le(vector, vector) returns boolean language internal immutable strict as 'byteale';
create function vector_eq(vector, vector) returns boolean language internal immutable strict as 'byteaeq';
create function vector_ne(vector, vector) returns boolean language internal immutable strict as 'byteane';
create function vector_ge(vector, vector) returns boolean language internal immutable strict as 'byteage';
create function vector_gt(vector, vector) returns boolean language internal immutable strict as 'byteagt';
create function vector_cmp(vector, vector) returns integer language internal immutable strict as 'byteacmp';
create function vector_hash(vector) returns integer language internal immutable strict as 'hashvarlena';
create operator < (leftarg = vector, rightarg = vector, function = vector_lt, commutator = >, negator = >=);
create operator <= (leftarg = vector, rightarg = vector, function = vector_le, commutator = >=, negator = >);
create operator = (leftarg = vector, rightarg = vector, function = vector_eq, commutator = =, negator = <>);
create operator <> (leftarg = vector, rightarg = vector, function = vector_ne, commutator = <>, negator = =);
create operator >= (leftarg = vector, rightarg = vector, function = vector_ge, commutator = <=, negator = <);
create operator > (leftarg = vector, rightarg = vector, function = vector_gt, commutator = <, negator = <=);
create operator class vector_ops default for type vector using btree as operator 1 <, operator 2 <=, operator 3 =,
  operator 4 >=, operator 5 >, function 1 vector_cmp(vector, vector);
create operator class vector_l2_ops for type vector using hnsw as operator 1 =,
  function 1 vector_hash(vector);
create operator class vector_ip_ops for type vector using hnsw as operator 1 =,
  function 1 vector_hash(vector);
create operator class vector_cosine_ops for type vector using hnsw as operator 1 =,
  function 1 vector_hash(vector);
create operator class vector_l1_ops for type vector using hnsw as operator 1 =,
  function 1 vector_hash(vector);
create operator class vector_l2_ops default for type vector using ivfflat as operator 1 =,
  function 1 vector_hash(vector);
create operator class vector_ip_ops for type vector using ivfflat as operator 1 =,
  function 1 vector_hash(vector);
create operator class vector_cosine_ops for type vector using ivfflat as operator 1 =,
  function 1 vector_hash(vector);
create function l2_distance(halfvec, halfvec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function inner_product(halfvec, halfvec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function cosine_distance(halfvec, halfvec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function l1_distance(halfvec, halfvec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create operator <-> (leftarg = halfvec, rightarg = halfvec, function = l2_distance, commutator = <->);
create operator <#> (leftarg = halfvec, rightarg = halfvec, function = inner_product, commutator = <#>);
create operator <=> (leftarg = halfvec, rightarg = halfvec, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = halfvec, rightarg = halfvec, function = l1_distance, commutator = <+>);
create function halfvec_lt(halfvec, halfvec) returns boolean language internal immutable strict as 'bytealt';
create function halfvec_le(halfvec, halfvec) returns boolean language internal immutable strict as 'byteale';
create function halfvec_eq(halfvec, halfvec) returns boolean language internal immutable strict as 'byteaeq';
create function halfvec_ne(halfvec, halfvec) returns boolean language internal immutable strict as 'byteane';
create function halfvec_ge(halfvec, halfvec) returns boolean language internal immutable strict as 'byteage';
create function halfvec_gt(halfvec, halfvec) returns boolean language internal immutable strict as 'byteagt';
create function halfvec_cmp(halfvec, halfvec) returns integer language internal immutable strict as 'byteacmp';
create function halfvec_hash(halfvec) returns integer language internal immutable strict as 'hashvarlena';
create operator < (leftarg = halfvec, rightarg = halfvec, function = halfvec_lt, commutator = >, negator = >=);
create operator <= (leftarg = halfvec, rightarg = halfvec, function = halfvec_le, commutator = >=, negator = >);
create operator = (leftarg = halfvec, rightarg = halfvec, function = halfvec_eq, commutator = =, negator = <>);
create operator <> (leftarg = halfvec, rightarg = halfvec, function = halfvec_ne, commutator = <>, negator = =);
create operator >= (leftarg = halfvec, rightarg = halfvec, function = halfvec_ge, commutator = <=, negator = <);
create operator > (leftarg = halfvec, rightarg = halfvec, function = halfvec_gt, commutator = <, negator = <=);
create operator class halfvec_ops default for type halfvec using btree as operator 1 <, operator 2 <=, operator 3 =,
  operator 4 >=, operator 5 >, function 1 halfvec_cmp(halfvec, halfvec);
create operator class halfvec_l2_ops for type halfvec using hnsw as operator 1 =,
  function 1 halfvec_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using hnsw as operator 1 =,
  function 1 halfvec_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using hnsw as operator 1 =,
  function 1 halfvec_hash(halfvec);
create operator class halfvec_l1_ops for type halfvec using hnsw as operator 1 =,
  function 1 halfvec_hash(halfvec);
create operator class halfvec_l2_ops for type halfvec using ivfflat as operator 1 =,
  function 1 halfvec_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using ivfflat as operator 1 =,
  function 1 halfvec_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using ivfflat as operator 1 =,
  function 1 halfvec_hash(halfvec);
create function l2_distance(sparsevec, sparsevec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function inner_product(sparsevec, sparsevec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function cosine_distance(sparsevec, sparsevec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create function l1_distance(sparsevec, sparsevec) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create operator <-> (leftarg = sparsevec, rightarg = sparsevec, function = l2_distance, commutator = <->);
create operator <#> (leftarg = sparsevec, rightarg = sparsevec, function = inner_product, commutator = <#>);
create operator <=> (leftarg = sparsevec, rightarg = sparsevec, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = sparsevec, rightarg = sparsevec, function = l1_distance, commutator = <+>);
create function sparsevec_lt(sparsevec, sparsevec) returns boolean language internal immutable strict as 'bytealt';
create function sparsevec_le(sparsevec, sparsevec) returns boolean language internal immutable strict as 'byteale';
create function sparsevec_eq(sparsevec, sparsevec) returns boolean language internal immutable strict as 'byteaeq';
create function sparsevec_ne(sparsevec, sparsevec) returns boolean language internal immutable strict as 'byteane';
create function sparsevec_ge(sparsevec, sparsevec) returns boolean language internal immutable strict as 'byteage';
create function sparsevec_gt(sparsevec, sparsevec) returns boolean language internal immutable strict as 'byteagt';
create function sparsevec_cmp(sparsevec, sparsevec) returns integer language internal immutable strict as 'byteacmp';
create function sparsevec_hash(sparsevec) returns integer language internal immutable strict as 'hashvarlena';
create operator < (leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_lt, commutator = >, negator = >=);
create operator <= (leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_le, commutator = >=, negator = >);
create operator = (leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_eq, commutator = =, negator = <>);
create operator <> (leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_ne, commutator = <>, negator = =);
create operator >= (leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_ge, commutator = <=, negator = <);
create operator > (leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_gt, commutator = <, negator = <=);
create operator class sparsevec_ops default for type sparsevec using btree as operator 1 <, operator 2 <=, operator 3 =,
  operator 4 >=, operator 5 >, function 1 sparsevec_cmp(sparsevec, sparsevec);
create operator class sparsevec_l2_ops for type sparsevec using hnsw as operator 1 =,
  function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_ip_ops for type sparsevec using hnsw as operator 1 =,
  function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_cosine_ops for type sparsevec using hnsw as operator 1 =,
  function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_l1_ops for type sparsevec using hnsw as operator 1 =,
  function 1 sparsevec_hash(sparsevec);
create function vector_dims(vector) returns integer language sql immutable strict as $$ select 0 $$;
create function vector_norm(vector) returns double precision language sql immutable strict
  as $$ select 0::double precision $$;
create cast (double precision[] as vector) with inout as assignment;
create cast (real[] as vector) with inout as assignment;
create cast (vector as halfvec) without function as assignment;
