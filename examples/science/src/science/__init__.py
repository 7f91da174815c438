"""Which wine is it? A model, and a report on how well it tells."""
