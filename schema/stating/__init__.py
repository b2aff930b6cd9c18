"""What schema.yaml states: read strictly, made into DDL, held against what is made."""
