"""A page on which a person sees the sandbox as its members do, and acts as one of them."""
