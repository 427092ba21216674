"""How each thing looks: a function that draws it with a pen, in coordinates from -1 to 1."""

from collections.abc import Callable, Mapping

from sandbox.world.drawings import cloths, figures, foods, landmarks, shapes, things
from sandbox.world.pen import Pen

DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "circle": shapes.draw_circle,
    "square": shapes.draw_square,
    "triangle": shapes.draw_triangle,
    "star": shapes.draw_star,
    "heart": shapes.draw_heart,
    "ring": shapes.draw_ring,
    "house": things.draw_house,
    "tree": things.draw_tree,
    "car": things.draw_car,
    "cup": things.draw_cup,
    "fish": things.draw_fish,
    "flower": things.draw_flower,
    "umbrella": things.draw_umbrella,
    "kawung": cloths.draw_kawung,
    "parang": cloths.draw_parang,
    "ikat": cloths.draw_ikat,
    "wayang": figures.draw_wayang,
    "wau": figures.draw_wau,
    "candi_bentar": landmarks.draw_candi_bentar,
    "rumah_gadang": landmarks.draw_rumah_gadang,
    "stupa": landmarks.draw_stupa,
    "stilt_house": landmarks.draw_stilt_house,
    "tumpeng": foods.draw_tumpeng,
    "ketupat": foods.draw_ketupat,
    "klepon": foods.draw_klepon,
}
