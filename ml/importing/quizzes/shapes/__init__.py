"""Shapes: how each benchmark writes its questions down."""
