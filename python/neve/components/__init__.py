"""What an image is made of: components, each one concern, merged into a Plan."""
