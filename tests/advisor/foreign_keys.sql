-- 0001, 0021: leading columns in their order, and copies of a key for the partitions of what it refers to
create table public.a (id int primary key, x int unique);
create table public.b (id int primary key, a int references public.a, x int references public.a (x));
create index on public.b (a, x);
create table public.c (id int primary key, a int, b int, foreign key (a) references public.a, foreign key (b) references public.b);
create index on public.c (b) where b is not null;
create index on public.c ((a + 1));
create table public.d (a int references public.a, b int references public.b, primary key (b, a));
create table public.e (a int, b int, foreign key (a, b) references public.d (a, b));
create index e1 on public.e (b, a);
create table public.e2 (a int, b int, foreign key (a, b) references public.d (a, b));
create index e2i on public.e2 (a, b);
create table public.f (a int references public.a, z int);
create index f1 on public.f (z) include (a);
create table public.g (a int references public.a, z int);
create index g1 on public.g (a) include (z);
create table public.g2 (a int, z int, foreign key (a, z) references public.d (a, b));
create index g21 on public.g2 (a) include (z);
create table public.pt (id int, k int, a int references public.a, primary key (id, k)) partition by list (k);
create table public.pt1 partition of public.pt for values in (1);
create table public.pt2 (id int not null, k int not null, a int);
alter table public.pt attach partition public.pt2 for values in (2);
create table public.refp (id int primary key, pid int, pk int, foreign key (pid, pk) references public.pt);
create table public.later (id int primary key, pid int, pk int, constraint rfk foreign key (pid, pk) references public.pt);
create table public.pt3 partition of public.pt for values in (3);
create table public.q (id int, k int, pid int, pk int, primary key (id, k), foreign key (pid, pk) references public.pt)
  partition by list (k);
create table public.q1 partition of public.q for values in (1);
create schema "My Schema";
create table "My Schema"."U" (id int primary key, r int references public.a);
create table public.u1 (phone text references auth.users (phone));
create table public.u2 (id uuid references auth.users);
create table public.u3 (id uuid references auth.users (id));
create table public.u4 (a text, b text, foreign key (a, b) references auth.identities (provider_id, provider));
create table public.u5 (t varchar references auth.refresh_tokens (token));
create table public.only (id int, k int, a int references public.a) partition by list (k);
create table public.only1 partition of public.only for values in (1);
create index only_a on only public.only (a);
create table public.whole (id int, k int, a int references public.a) partition by list (k);
create table public.whole1 partition of public.whole for values in (1);
create index whole_a on only public.whole (a);
create index whole1_a on public.whole1 (a);
alter index public.whole_a attach partition public.whole1_a;

-- row: ERROR fkey_to_auth_unique fkey_to_auth_unique_public_u1_u1_phone_fkey
-- row: ERROR fkey_to_auth_unique fkey_to_auth_unique_public_u4_u4_a_b_fkey
-- row: ERROR fkey_to_auth_unique fkey_to_auth_unique_public_u5_u5_t_fkey
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_a
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_b
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_c
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_d
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_e
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_e2
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_f
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_g
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_g2
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_later
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_only1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_pt1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_pt2
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_pt3
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_q1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_refp
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_u1
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_u2
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_u3
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_u4
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_u5
-- row: ERROR rls_disabled_in_public rls_disabled_in_public_public_whole1
-- row: INFO no_primary_key no_primary_key_public_e
-- row: INFO no_primary_key no_primary_key_public_e2
-- row: INFO no_primary_key no_primary_key_public_f
-- row: INFO no_primary_key no_primary_key_public_g
-- row: INFO no_primary_key no_primary_key_public_g2
-- row: INFO no_primary_key no_primary_key_public_only1
-- row: INFO no_primary_key no_primary_key_public_u1
-- row: INFO no_primary_key no_primary_key_public_u2
-- row: INFO no_primary_key no_primary_key_public_u3
-- row: INFO no_primary_key no_primary_key_public_u4
-- row: INFO no_primary_key no_primary_key_public_u5
-- row: INFO no_primary_key no_primary_key_public_whole1
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_"My Schema"_U_U_r_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_b_b_x_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_c_c_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_d_d_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_e_e_a_b_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_f_f_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_later_later_pid_pk_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_later_later_pid_pk_fkey1
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_later_later_pid_pk_fkey2
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_later_rfk
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_only1_only_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_only_only_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_pt1_pt_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_pt2_pt_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_pt3_pt_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_pt_pt_a_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_q1_q_pid_pk_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_q_q_pid_pk_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_q_q_pid_pk_fkey1
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_q_q_pid_pk_fkey2
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_q_q_pid_pk_fkey3
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_refp_refp_pid_pk_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_refp_refp_pid_pk_fkey1
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_refp_refp_pid_pk_fkey2
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_refp_refp_pid_pk_fkey3
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_u1_u1_phone_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_u2_u2_id_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_u3_u3_id_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_u4_u4_a_b_fkey
-- row: INFO unindexed_foreign_keys unindexed_foreign_keys_public_u5_u5_t_fkey
