"""Clerical review: open pairs, masks, independent votes, folded into the docket."""
