"""A request as it comes: the signed manifest, the records, the documents."""
