"""The facts and the rules. The only package that knows SQLAlchemy."""
