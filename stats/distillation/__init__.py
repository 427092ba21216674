"""What a study of distillation finds: students beside their teachers, language by language and task
by task, and what one average of it all would hide.
"""
