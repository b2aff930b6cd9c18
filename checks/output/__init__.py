"""The forms a report can be printed in."""
