"""The record rules of the removal-order agreement as functions of one record, or of all."""
