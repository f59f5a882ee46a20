"""What the server answers beside Streamlit's pages."""
