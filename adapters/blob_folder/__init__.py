"""The bytes of uploads as files in a folder."""
