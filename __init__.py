"""Schema-as-code for Supabase, when all you have is the Dashboard's SQL Editor."""
