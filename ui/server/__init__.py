"""What the server answers beside Streamlit's pages: `routes`, with `live` (a job's events) and `assets`;
`engine` starts the job board."""
