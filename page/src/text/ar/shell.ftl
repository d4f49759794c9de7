nadhir = Nadhir
