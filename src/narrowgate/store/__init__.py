"""What lies on disk and in the database; the only room that writes either."""
