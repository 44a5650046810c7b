"""Near misses against a made-up register, by the million: nobody of them may be confirmed."""
