"""Files in and out: documents that people write, responses that other systems hold."""
