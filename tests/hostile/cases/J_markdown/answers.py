# %% essay
# <script>alert(1)</script> <img src="https://evil.example/pixel.png" onerror="alert(2)">
# ![spy](https://evil.example/spy.png) [click](javascript:alert(3)) <iframe src="//evil.example"></iframe>
# <!-- <style>* { display: none }</style>
