"""callclf finds agents' failures in customer-service transcripts."""

__version__ = "0.1.0"
