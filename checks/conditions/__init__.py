"""What the condition of a policy says: whom it lets through, what it calls, what it filters by."""
