"""What a person sees of a sweep: while it runs, at its end, and whenever it is inspected."""
