"""A BERT-shaped embedding model from a folder, computed here with numpy: no server, no key, nothing sent anywhere."""
