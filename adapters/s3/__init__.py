"""The bytes of uploads in any store that speaks S3."""
