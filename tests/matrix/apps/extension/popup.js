document.querySelector("output").textContent = await chrome.runtime.sendMessage(location.search);
