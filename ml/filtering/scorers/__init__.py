"""Models of people's taste. Each gives one number per row; `registry` says what a scorer is."""
