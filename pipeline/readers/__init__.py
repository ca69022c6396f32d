"""Reading what the pipeline has made."""
