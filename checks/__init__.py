"""What is wrong with it: rules, findings and how they are printed."""
