"""The requester's side: pack, sign, check. Runs elsewhere, without the custodian's rooms."""
