"""How a setting is declared, where the config tree lies, what names a run, and whose code comes in."""
