-- case: columns and their clauses
create table t1(a serial, b int constraint x check (b > a) check (b>0) check (a>0), check (a>b), constraint t1_b_check2 unique(b), unique(b), unique (a,b), c text default 'x' || lower('Y') not null, d int references t1(b) on delete cascade);
create index on t1 (lower(c), a desc, (a+b)) include (b) where a > 1 and c is not null;
