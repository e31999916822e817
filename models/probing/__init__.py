"""What a trained model holds inside."""
