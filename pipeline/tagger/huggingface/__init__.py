"""Any Hugging Face token-classification model in the entity model's place. Needs the extra `torch`."""
