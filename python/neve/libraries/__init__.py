"""The libraries that wheels need and do not carry: what their ELF files ask for, and who has it."""
