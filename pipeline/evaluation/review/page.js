const errors = document.getElementById("errors");
const count = () => {
  document.body.classList.toggle("errors-only", errors.checked);
  const all = document.querySelectorAll("article").length;
  const wrong = document.querySelectorAll("article.wrong").length;
  document.getElementById("shown").textContent = `${errors.checked ? wrong : all} of ${all} documents`;
};
errors.addEventListener("change", count);
count();
