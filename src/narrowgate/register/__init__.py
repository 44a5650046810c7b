"""The register: loaded once into a sealed snapshot, indexed by blocking keys, asked often."""
