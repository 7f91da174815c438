"""The nixpkgs base: which releases there are and what they hold, and checks of what a project asks of them."""
